"""JUnit XML of a run: red exactly when the command's exit code is.

A suite a set, a test case a question, one a metric that failed, and one for a judge that did.
With a red gate the metrics that failed and the questions that flipped to wrong are failures. An
answer that is wrong and turns nothing red, as the baseline or the floors allow for it, is
skipped, with its fault as the message. A question that could not be asked is an error.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from eval.report import Report, said
from eval.score import Result


def junit(reports: Sequence[Report]) -> bytes:
    """The whole file."""
    root = ET.Element("testsuites")
    for report in reports:
        suite = ET.SubElement(root, "testsuite", name=report.name)
        for one in report.results:
            _question(suite, report, one)
        for line in report.verdict.failures:
            _case(suite, "gate", line.split()[0], "failure", line)
        if report.judge_failure:
            _case(suite, "gate", "judge", "error", report.judge_failure)
        suite.set("tests", str(len(suite)))
        for kind in ("failure", "error", "skipped"):
            name = kind if kind == "skipped" else f"{kind}s"
            suite.set(name, str(len(suite.findall(f"*/{kind}"))))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _question(suite: ET.Element, report: Report, one: Result) -> None:
    case, record = one.question.case, one.record
    name = f"{case.id} ({record.repeat + 1})" if record.repeat else case.id
    flipped = bool(report.verdict.failures) and case.id in report.verdict.worse
    kind = "error" if record.error else "failure" if flipped else "skipped"
    node = _case(suite, report.name, name, kind, one.fault)
    node.set("time", f"{record.milliseconds / 1000:.3f}")
    if one.fault:
        ET.SubElement(node, "system-out").text = _plain(f"{case.question}\n{said(one)}")


def _case(suite: ET.Element, group: str, name: str, kind: str, fault: str) -> ET.Element:
    """A test case, with an element of this kind if there is a fault."""
    node = ET.SubElement(suite, "testcase", classname=group, name=name)
    if fault:
        ET.SubElement(node, kind, message=_plain(fault))
    return node


def _plain(text: str) -> str:
    """Without what XML cannot hold, and other controls."""
    return "".join(
        char
        if char.isprintable() or (char.isspace() and char >= " ") or char in "\n\t"
        else "\ufffd"
        for char in text
    )
