import os
import subprocess
import sys
import time

import pytest

from chiron.cli.arguments import COMMANDS, parse


def test_help_leads_with_examples_and_names_every_command(run):
    code, out, err = run("--help")

    assert (code, err) == (0, "")
    assert out.index("Examples") < out.index("match     MENTORS")
    assert all(f"  {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_leads_with_examples(run, command):
    code, out, _ = run(command, "--help")

    assert code == 0
    assert out.index("Examples") < out.index("Usage: chiron")
    assert f"chiron {command}" in out


def test_no_words_show_help_on_stderr_and_fail(run):
    code, out, err = run()

    assert (code, out) == (2, "")
    assert "Examples" in err


def test_unknown_command_gets_a_suggestion(run):
    code, _, err = run("mach")

    assert code == 2
    assert err.startswith('There is no command "mach". Did you mean "match"?')


def test_unknown_flag_gets_a_suggestion(run):
    code, _, err = run("match", "a.xlsx", "b.xlsx", "--ruls", "x")

    assert code == 2
    assert err.startswith("There is no --ruls here. Did you mean --rules?")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["match", "a", "b", "--aim", "best"], "invalid choice: 'best'"),
        (["match", "a", "b", "--seed", "x"], '"x" is not a whole number'),
        (["match", "a", "b", "--time-limit", "soon"], "type 60s, 5m or 1h"),
        (["match", "a", "b", "--mentor", "places"], "should be FIELD=HEADING"),
        (["explain", "a.xlsx"], "NAME"),
        (["match", "a.xlsx"], "Name two files"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_type(run, words, told):
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize(("text", "seconds"), [("60", 60), ("90s", 90), ("2m", 120), ("1h", 3600)])
def test_time_limit_is_read_in_seconds_minutes_and_hours(text, seconds):
    assert parse(["match", "a", "b", "--time-limit", text]).time_limit == seconds


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["demo", "--stage", "applying", "--keep", "d", "--port", "8000", "--no-browser"],
         {"stage": "applying", "keep": "d", "port": 8000, "no_browser": True}),
        (["init", "d"], {"dir": "d"}),
        (["serve", "d", "--host", "0.0.0.0"], {"dir": "d", "host": "0.0.0.0", "port": None}),
        (["doctor", "d", "--json"], {"dir": "d", "json": True}),
        (["link", "d", "a@example.org"], {"dir": "d", "email": "a@example.org"}),
    ],
)  # fmt: skip
def test_commands_of_the_site_take_their_flags(words, expected):
    arguments = parse(words)

    assert {name: getattr(arguments, name) for name in expected} == expected


def test_version_is_printed(run):
    assert run("--version") == (0, "chiron 0.1.0\n", "")


def test_help_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys; from chiron.cli.main import main; main(['--help']); "
        "print(sorted({'numpy', 'openpyxl', 'pydantic', 'django', 'ortools'} & set(sys.modules)), file=sys.stderr)"
    )
    start = time.process_time()

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "[]\n"
    assert time.process_time() - start < 0.15


def test_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "chiron", "nothing"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stdout == ""


def test_unexpected_fault_ends_with_1_and_says_where_the_log_is(tmp_path):
    # A folder that cannot be listed as a module path stands for any fault that nobody foresaw.
    code = (
        "import sys; import chiron.cli.main as m; sys.argv = ['chiron', 'explain', 'a', 'b']; "
        "m._command = lambda name: (lambda arguments: 1 // 0); sys.exit(m.main())"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)

    logs = list((tmp_path / "chiron").glob("fault-*.log"))
    assert done.returncode == 1
    assert len(logs) == 1
    assert str(logs[0]) in done.stderr
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in logs[0].read_text()


def test_reader_that_stops_early_is_no_fault(tmp_path):
    done = subprocess.run(
        f"{sys.executable} -m chiron match --show-rules | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("# The built-in rules.")
    assert done.stderr == ""
