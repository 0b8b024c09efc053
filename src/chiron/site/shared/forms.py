"""How every form looks: label, hint, error and field, each tied to the others, with one summary of the problems."""

from django.forms.renderers import TemplatesSetting


class PlainFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` with the templates of `shared`, so that no page can leave a label or an error out."""

    form_template_name = "shared/form.html"
    field_template_name = "shared/field.html"
    formset_template_name = "shared/formset.html"
