"""How moments are written in each language; Korean sentences take the short weekday, where Django's own has the long one."""

from django.utils.translation import gettext_noop as _

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
