# lesson with local servers: docker build --tag lesson . && docker run --rm --interactive --tty lesson run 1
FROM node:22-bookworm AS build
WORKDIR /build
COPY . .
RUN npm ci && npm pack

FROM node:22-bookworm-slim
COPY --from=build /build/pg-lessons-*.tgz /tmp/
RUN npm install --global /tmp/pg-lessons-*.tgz && rm /tmp/pg-lessons-*.tgz
# PostgreSQL does not run as root.
USER node
WORKDIR /home/node
# What learners did, and their clusters: mount a volume to keep it.
ENV LESSON_STATE_DIR=/home/node/state
RUN mkdir state
VOLUME /home/node/state
ENTRYPOINT ["lesson"]
