# One image for web, worker and beat: only the command differs (docker-compose.yml).
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/mobiliz

# First what changes rarely, so that a change of code does not install anew.
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt

# .dockerignore leaves out what a server does not need.
COPY . .

# The settings insist on every value; these are thrown away, nothing is reached or signed with them.
RUN SECRET_KEY=throw-away FIELD_ENCRYPTION_KEYS=throw-away ALLOWED_HOSTS=throw-away SITE_ADDRESS=https://throw-away \
    DATABASE_URL=postgres://throw-away@throw-away/throw-away CELERY_BROKER_URL=redis://throw-away/0 \
    EMAIL_URL=consolemail:// DEFAULT_FROM_EMAIL=throw-away@mobiliz.example \
    python manage.py collectstatic --noinput

# The code stays root's: whoever breaks into a process cannot change it. Only this folder can be written.
RUN useradd --system --uid 10001 --home-dir /var/lib/mobiliz --create-home mobiliz \
    && install --directory --owner mobiliz --mode 700 /var/lib/mobiliz/media
USER mobiliz
VOLUME /var/lib/mobiliz
EXPOSE 8000

# The log says which page was asked for, not with which parameters: people search for names.
CMD ["gunicorn", "mobiliz.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "3", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-", \
     "--logger-class", "mobiliz.lib.access_log.AccessLog", \
     "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(b)s %(M)sms"]
