"""The page of results: one section for each benchmark, each written without touching the others."""

import re
from pathlib import Path

PAGE = Path(__file__).with_name("RESULTS.md")


def keep_section(lines: list[str], page: Path = PAGE) -> None:
    """Put what a benchmark printed in the place of its last results, or at the end where it has none.

    Args:
        lines: the section; the first line is its title, such as "# Results at size".
        page: the page of results.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    sections = [one.strip() for one in re.split(r"^(?=# )", text, flags=re.MULTILINE) if one.strip()]
    title, new = lines[0].strip(), "\n".join(lines).strip()
    at = [one.partition("\n")[0].strip() for one in sections]
    if title in at:
        sections[at.index(title)] = new
    else:
        sections.append(new)
    page.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
