from chiron.blueprints.schema.defaults import default_matching, fit_to_columns


def test_rules_without_a_column_drop_out_and_are_named():
    fitted = fit_to_columns(default_matching(), mentee={"goals", "stage"}, mentor={"expertise", "stage", "hours"})

    assert [rule.name for rule in fitted.matching.rules] == ["Goals covered", "Career stage"]
    assert "common languages" in fitted.notes[-1]
    assert any(
        note.startswith('"Common hours" is not used: the mentors\' sheet has its column') for note in fitted.notes
    )


def test_points_of_dropped_rules_go_to_the_others():
    fitted = fit_to_columns(default_matching(), mentee={"goals", "stage"}, mentor={"expertise", "stage"})

    assert [rule.points for rule in fitted.matching.rules] == [78, 22]


def test_missing_further_columns_do_not_drop_a_rule():
    fitted = fit_to_columns(default_matching(), mentee={"place"}, mentor={"place"})

    assert fitted.matching.rules[0].options == {}
    assert fitted.matching.rules[0].importance is None


def test_sheets_with_names_only_are_matched_by_places():
    fitted = fit_to_columns(default_matching(), mentee=set(), mentor=set())

    assert fitted.matching.rules == ()
    assert fitted.notes[-1].startswith("Not used") or "only places" in " ".join(fitted.notes)


def test_all_columns_keep_the_rules_as_they_are():
    matching = default_matching()

    fitted = fit_to_columns(matching, mentee=matching.needed("mentee"), mentor=matching.needed("mentor"))

    assert fitted.matching == matching
    assert fitted.notes == ()
