"""Networks and answers in other shapes: networkx, pandas, workbooks."""
