"""The look of pages and of notebook output; no font, image or script from elsewhere."""

from typing import Final

NOTEBOOK: Final = """
.orgnet { font-size: 13px; line-height: 1.5; }
.orgnet .en, .orgnet small { opacity: .62; font-size: .86em; font-weight: 400; }
.orgnet .title { font-size: 1.15em; font-weight: 600; margin: .2em 0 .4em; }
.orgnet .notice { display: inline-block; padding: 0 .6em; margin: 0 0 .5em;
  border: 1px solid #c07a1c; border-radius: 3px; color: #c07a1c; }
.orgnet .side { display: flex; flex-wrap: wrap; gap: 0 2.2em; align-items: flex-start; }
.orgnet .rows { overflow-x: auto; }
.orgnet table { border-collapse: collapse; margin: 0 0 .6em; color: inherit;
  font-size: inherit; line-height: inherit; }
.orgnet th, .orgnet td { padding: .15em .8em .15em 0; text-align: left;
  vertical-align: top; background: none; border: 0; white-space: nowrap;
  max-width: 24em; overflow: hidden; text-overflow: ellipsis;
  border-bottom: 1px solid rgba(128, 128, 128, .22); }
.orgnet th { font-weight: 600; border-bottom-color: rgba(128, 128, 128, .6); }
.orgnet th .en { display: block; }
.orgnet td small { display: block; }
.orgnet .number { text-align: right; font-variant-numeric: tabular-nums; }
"""

PAGE: Final = """
@page { size: A4; margin: 15mm 14mm 16mm; }
:root { color-scheme: light; --ink: #1d2733; --quiet: #66717e; --line: #d9dee4;
  --gap: #b5482f; --open: #d9b365; --good: #2f6f73; --pale: #f3f5f7; }
* { box-sizing: border-box; }
html { background: #e9ecef; }
body { margin: 0 auto; max-width: 210mm; padding: 15mm 14mm; background: #fff;
  color: var(--ink); font: 14px/1.6 "Noto Sans CJK SC", "Noto Sans SC",
  "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Heiti SC", sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 23px; line-height: 1.35; margin: 0 0 2px; font-weight: 700; }
h2 { font-size: 17px; line-height: 1.4; margin: 34px 0 6px; padding-top: 12px;
  border-top: 2px solid var(--ink); break-after: avoid; }
h3 { font-size: 13px; margin: 16px 0 4px; break-after: avoid; }
p { margin: 0 0 5px; }
.en { color: var(--quiet); font-size: .86em; font-weight: 400; }
.sub { color: var(--quiet); margin: 0 0 12px; }
.notice { border-left: 4px solid var(--open); background: #fbf4e4; padding: 7px 12px;
  margin: 10px 0; }
.reading { break-inside: avoid; }
.reading p { font-size: 15px; }
.reading p.en { font-size: 12.5px; }
h1 .en { display: block; font-size: 14px; }
.tiles { display: flex; flex-wrap: wrap; margin: 16px 1px 4px 0; break-inside: avoid; }
.tile { flex: 1 1 23%; min-width: 140px; padding: 9px 12px;
  border: 1px solid var(--line); margin: 0 -1px -1px 0; }
.tile .en { display: block; line-height: 1.35; }
.tile b { display: block; font-size: 25px; line-height: 1.25; font-weight: 700;
  font-variant-numeric: tabular-nums; }
.tile p { margin: 0; line-height: 1.45; }
.tile .of { font-size: 12px; color: var(--quiet); margin-top: 3px; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 4px; font-size: 12px;
  line-height: 1.45; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; vertical-align: bottom; font-weight: 600; padding: 4px 8px 4px 0;
  border-bottom: 1px solid var(--ink); }
th .en { display: block; line-height: 1.25; overflow-wrap: anywhere; }
td { vertical-align: top; padding: 4px 8px 4px 0;
  border-bottom: 1px solid var(--line); }
td.long { min-width: 11em; font-size: 10px; }
td small { display: block; overflow-wrap: anywhere; }
td:not(.number):not(.none) { min-width: 5em; overflow-wrap: anywhere; }
td.number, th.number { padding-right: 6px; }
td i { color: var(--quiet); font-style: normal; font-size: 11px; }
.todo { min-width: 88px; }
.quiet { color: var(--quiet); font-size: 11px; }
td:last-child, th:last-child { padding-right: 0; }
td .en { display: block; line-height: 1.3; }
.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number, th span:first-child, td:first-child > span:first-of-type, .name,
.heat td, td:first-child code { white-space: nowrap; }
.none { color: var(--quiet); text-align: right; }
.heat td { text-align: right; padding: 3px 6px; font-variant-numeric: tabular-nums; }
.heat td small { display: block; font-size: 10px; line-height: 1.2;
  color: var(--quiet); }
.heat th { text-align: right; padding: 3px 6px; }
.heat th span:first-child { white-space: pre; }
.heat td:first-child, .heat th:first-child { text-align: left; padding-left: 0; }
.wide { width: 17%; min-width: 70px; }
.bar { display: flex; height: 11px; margin-top: 4px; width: 100%; background: #eceff2; }
.bar i { display: block; height: 100%; }
.bar .gap { background: var(--gap); }
.bar .open { background: var(--open); }
.bar .good { background: var(--good); }
.bar .half { background: #8fb4b5; }
.bar .rest { background: #b9c1c9; }
.tall .bar { height: 20px; margin: 6px 0 2px; }
.key { font-size: 12px; color: var(--quiet); margin: 2px 0 6px; }
.key i { display: inline-block; width: 10px; height: 10px; margin: 0 4px 0 10px; }
.key i:first-child { margin-left: 0; }
.key .gap { background: var(--gap); } .key .open { background: var(--open); }
.key .good { background: var(--good); } .key .half { background: #8fb4b5; }
.key .rest { background: #b9c1c9; } .key .pale { background: #e3e7eb; }
.path { display: flex; flex-wrap: wrap; align-items: stretch; gap: 6px 0;
  margin: 10px 0; break-inside: avoid; }
.path .node { border: 1px solid var(--ink); padding: 6px 9px; max-width: 118px;
  font-size: 13px; line-height: 1.4; }
.path .node b { font-weight: 600; display: block; }
.path .node.first { background: var(--pale); }
.path .node.last { border-color: var(--good); background: #eaf2f2; }
.path .step { padding: 2px 7px; max-width: 84px; text-align: center; font-size: 11.5px;
  line-height: 1.3; align-self: center; color: var(--quiet); }
.path .step .en { display: block; }
.path .step b { display: block; font-size: 18px; line-height: 1; color: var(--ink); }
.path small { display: block; font-size: 11px; line-height: 1.35; color: var(--quiet);
  overflow-wrap: anywhere; }
.foot, .foot p { font-size: 12px; color: var(--quiet); margin-top: 5px; }
.foot p.en { font-size: 11px; margin-top: 0; }
code { font: 11px/1.4 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
a { color: var(--good); }
ul { margin: 4px 0; padding-left: 18px; font-size: 12px; }
@media print { html { background: #fff; } body { padding: 0; max-width: none; }
  a { color: inherit; text-decoration: none; } }
@media (max-width: 560px) { body { padding: 16px; }
  table { display: block; overflow-x: auto; } }
"""
