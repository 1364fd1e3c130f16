"""What random forms are about: the names in them, and what their indicators count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PLACES = ("清河县", "临江市", "青山区", "白云州", "东湖新区")
OFFICES = ("水利局", "教育局", "交通运输局", "卫生健康局", "农业农村局", "文化和旅游局", "民政局", "生态环境局")
BODIES = ("规划财务科", "灌区管理所", "职业技术学校", "公路养护中心", "疾病预防控制中心", "图书馆", "福利院")
SUBJECTS = ("农村饮水安全", "校舍维修改造", "县乡道路养护", "重点传染病防治", "高标准农田建设", "公共图书馆免费开放")
ENDINGS = ("项目", "补助资金", "专项经费", "工作经费")
GOALS = ("按计划实施{subject}各项建设任务，保障群众基本需求，发挥财政资金的使用效益。",)
DONE = (
    "本年度{subject}各项任务已基本落实，全年组织现场检查六次，验收资料齐全，受益范围逐步扩大。",
    "全年按合同推进{subject}，主体部分通过验收并投入使用，相关台账已归档。",
)
REASONS = (
    "受连续降雨影响，部分现场作业推后，已调整施工组织并增派人手。",
    "供货单位交货推后，已签补充协议并约定违约责任。",
    "参加对象临时变动，下一年度提前摸底并细化名册。",
    "前期摸底不够充分，今后加强调研并按季度跟踪。",
)
MONEY_REASONS = (
    "年中追加预算用于新增任务，已履行调整程序；年末结余资金按规定结转下年使用。",
    "按上级要求调整预算规模，部分尾款待决算审定后支付，结余资金已按规定处理。",
)
STATES = (
    ("制度齐全，职责清楚，能够长期发挥作用", "已出台管理办法，人员和经费均已落实"),
    ("群众反映的突出困难得到有效缓解", "走访显示困难明显减少，投诉量持续下降"),
    ("管护责任落实到人，运行记录完整可查", "管护合同均已签订，台账按月更新"),
    ("与相关单位的配合顺畅，信息及时互通", "全年召开联席会议四次，数据按周交换"),
    ("业务骨干的专业能力稳步增强", "骨干人员均完成轮训并参加实操"),
)


Style = Literal["forward", "share", "inverse", "zero", "range", "date", "words"]


@dataclass(frozen=True)
class Measure:
    """What an indicator counts. `style` tells which targets it can have; amounts are drawn from `low` to `high`."""

    name: str
    style: Style
    unit: str = ""
    low: int = 1
    high: int = 100


MEASURES: dict[str, tuple[Measure, ...]] = {
    "数量": (
        Measure("维修灌溉渠道长度", "forward", "公里", 20, 300),
        Measure("培训一线人员", "forward", "人次", 100, 2000),
        Measure("发放宣传手册", "forward", "份", 500, 9000),
        Measure("抽检样品", "forward", "批", 20, 90),
        Measure("聘请外部专家", "range", "名", 3, 6),
    ),
    "质量": (
        Measure("单元工程合格率", "share", "%", 80, 100),
        Measure("归档资料完整率", "share", "%", 85, 100),
        Measure("重大责任事故", "zero", "起"),
    ),
    "时效": (
        Measure("全部任务完结时间", "date"),
        Measure("款项拨付平均用时", "inverse", "天", 3, 30),
        Measure("工单按期办结率", "share", "%", 85, 100),
    ),
    "成本": (
        Measure("每公里造价", "inverse", "万元", 8, 60),
        Measure("人均课时支出", "inverse", "元/人", 100, 900),
        Measure("采购价格节约率", "share", "%", 2, 9),
        Measure("设备单台购置费", "inverse", "元", 900, 9000),
        Measure("噪声投诉", "zero", "起"),
        Measure("弃渣占用耕地", "inverse", "亩", 2, 40),
    ),
    "经济": (
        Measure("户均增收", "forward", "元", 300, 4000),
        Measure("带动就业岗位", "forward", "个", 10, 400),
        Measure("节省运行费用", "forward", "万元", 2, 60),
    ),
    "社会": (
        Measure("惠及群众", "forward", "人", 500, 90000),
        Measure("政策知晓率", "share", "%", 70, 95),
        Measure("公共服务覆盖情况", "words"),
    ),
    "生态": (
        Measure("断面水质达标率", "share", "%", 80, 98),
        Measure("固体废物外运量", "inverse", "吨", 20, 400),
    ),
    "可持续": (Measure("长效管护机制", "words"), Measure("设施正常运转比例", "share", "%", 80, 95)),
    "满意": (
        Measure("受益群众满意度", "share", "%", 80, 96),
        Measure("基层单位满意度", "share", "%", 80, 96),
    ),
}
OTHERS = (
    Measure("归口管理办法", "words"),
    Measure("骨干队伍建设", "words"),
    Measure("跨单位会商机制", "words"),
    Measure("数据共享接口", "forward", "个", 2, 20),
)
