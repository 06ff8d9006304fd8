# Luotu 落图: the service, its workers and its command line in one image; PostGIS is another container's.
# Built by `docker build -t luotu .` or `docker compose build`; deploy/README.md says how it is run.

FROM node:22-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY maps/package.json maps/package-lock.json maps/
COPY service/package.json service/package-lock.json service/
RUN for room in maps service; do (cd $room && npm ci --no-audit --no-fund --ignore-scripts); done
COPY . .
RUN cd maps && npm run build:workspace && npm run build:pages
RUN deploy/wheel.sh python3

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
    ca-certificates fonts-noto-cjk libexpat1 postgresql-client-15 python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/luotu --shell /usr/sbin/nologin luotu \
    && install -d -o luotu -g luotu /var/backups/luotu /lake
COPY --from=build /src/dist /tmp/dist
COPY deploy/install-wheel.sh /tmp/
RUN /tmp/install-wheel.sh python3 /opt/luotu /tmp/dist && rm -rf /tmp/dist /tmp/install-wheel.sh \
    && ln -s /opt/luotu/bin/luotu /usr/local/bin/luotu
USER luotu
WORKDIR /var/lib/luotu
ENV LANG=C.UTF-8 LUOTU_HOME=/var/lib/luotu/home LUOTU_OUT=/var/lib/luotu/out LUOTU_HOST=0.0.0.0
VOLUME ["/var/lib/luotu", "/var/backups/luotu", "/lake"]
EXPOSE 8000
HEALTHCHECK --interval=10s --start-period=60s CMD ["/opt/luotu/bin/python", "-c", \
    "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
CMD ["luotu", "run"]
