"""The door for web servers that speak WSGI, such as waitress and gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiron.site.settings")
application = get_wsgi_application()
