"""What exam-results is told by its environment."""

from services.shared.platform.settings import PostgresSettings, ServiceSettings


class Settings(ServiceSettings, PostgresSettings):
    embargo_sweep_s: float = 15.0
    parked_sweep_s: float = 30.0
    unsigned_sweep_s: float = 15.0
    erasure_sweep_s: float = 30.0
