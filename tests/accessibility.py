"""What axe, run inside the page, finds wrong with a page that a browser shows."""

from axe_playwright_python.sync_playwright import Axe

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast",)
"""What another colour scheme can change; all else is the same page."""
SCRIPT = Axe().axe_script
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]})
  .then(found => found.violations.flatMap(fault =>
    fault.nodes.slice(0, 3).map(node => `${fault.id}: ${node.html.slice(0, 140)}`)))"""
PARTS = """() => [...new Set([...document.querySelectorAll("body *")].map(one => {
  const above = [];
  for (let at = one; at !== document.body; at = at.parentElement)
    above.push(`${at.localName}.${at.getAttribute("class") || ""}`);
  return `${above.join(" < ")} ${one.getAttributeNames().sort().join(" ")}`;
}))]"""


def violations(page, rules: tuple[str, ...] = RULES) -> list[str]:
    """Return what axe finds on a page: the rule, and the first elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return page.evaluate(RUN, list(rules))


def parts_of(page) -> set[str]:
    """Return what a page is made of: each kind of element once, with its classes, attributes, and what it stands in."""
    return set(page.evaluate(PARTS))
