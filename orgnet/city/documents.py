"""The policy documents on which the mechanisms rest: 1 + 6 + 22, and three beside."""

from datetime import date

import polars as pl

from orgnet.city.recipe import Recipe
from orgnet.city.tables import Part, node, tie

MAIN = "城乡社区发展治理总体意见（三十条）"
SUPPORTING = (
    "街道（镇）职能转变的实施意见",
    "社区专项资金保障激励的实施意见",
    "社区减负十条规定",
    "小区院落五步工作法的实施意见",
    "多网合一与五大融合的实施意见",
    "社区发展治理五大行动的实施方案",
)
# The operating documents, each under the number of the supporting one it carries out.
OPERATING = (
    (0, "街道五权清单"),
    (0, "部门资源下沉清单"),
    (0, "招商引资职能划转办法"),
    (0, "便民服务中心建设导则"),
    (1, "保障激励资金管理办法"),
    (1, "社区项目资金使用细则"),
    (1, "资金绩效评价办法"),
    (2, "社区证明事项清单"),
    (2, "社区工作者管理办法"),
    (2, "专业社工培养办法"),
    (3, "小区党组织组建指引"),
    (3, "四级班子联系下级党组织办法"),
    (3, "区域化党建兼职委员办法"),
    (3, "双报到与共建协议管理办法"),
    (3, "双向考评操作细则"),
    (4, "网格党支部设置指引"),
    (4, "网格人员和资金统筹调度办法"),
    (4, "社区发现街镇呼叫部门响应流程"),
    (5, "三级示范创建标准"),
    (5, "背街小巷整治导则"),
    (5, "平安社区创建标准"),
    (5, "一季一督导半年一拉练办法"),
)
ISSUED_ON = date(2018, 1, 15)
OTHERS = ("党建责任考核评价办法", "一核三治共建共治共享的意见", "城市基层党建实施方案")
DOC_NO = {
    "powers": "合成操〔2018〕01号",
    "deploys": "合成操〔2018〕02号",
    "transfer": "合成操〔2018〕03号",
    "funds": "合成操〔2018〕05号",
    "party_building": "合成操〔2018〕11号",
    "contacts": "合成操〔2018〕12号",
    "seats": "合成操〔2018〕13号",
    "partners": "合成操〔2018〕14号",
    "two_way": "合成操〔2018〕15号",
    "dispatches": "合成操〔2018〕17号",
    "escalates": "合成操〔2018〕18号",
    "inspection": "合成操〔2018〕22号",
    "hierarchical": "合成办〔2018〕01号",
}


def document_parts(recipe: Recipe) -> list[Part]:
    """Return the documents, and which of them carries out which.

    The copies of a city go by the documents of the first one.
    """
    if recipe.copy:
        return []
    groups = (
        ("1", "合成委", (MAIN,)),
        ("6", "合成发", SUPPORTING),
        ("N", "合成操", tuple(title for _, title in OPERATING)),
        (None, "合成办", OTHERS),
    )
    rows = [
        (f"{mark}〔2018〕{i:02}号", title, tier)
        for tier, mark, titles in groups
        for i, title in enumerate(titles, start=1)
    ]
    frame = pl.DataFrame(rows, schema=("doc_no", "title", "tier"), orient="row")
    frame = frame.with_columns(
        ("document:" + pl.col("doc_no")).alias("id"),
        pl.lit("成都市委").alias("issuer"),
        pl.lit(ISSUED_ON).alias("issued_on"),
        pl.lit("synthetic").alias("source"),
    )
    number = frame["id"]
    six = number[1 : 1 + len(SUPPORTING)]
    above = six.gather([of for of, _ in OPERATING])
    first = 1 + len(SUPPORTING)
    return [
        node("Document", frame),
        tie("IMPLEMENTS", six, number[[0]].new_from_index(0, len(six))),
        tie("IMPLEMENTS", number[first : first + len(OPERATING)], above),
    ]
