"""The whole product, running: for end-to-end tests. Filled by the runner (infra/local/runner)."""
