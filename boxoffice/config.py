"""Settings of the till, from the environment. Nothing secret but the passphrase of the vault's file."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path, user_documents_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from boxoffice.documents.model import Paper


class Settings(BaseSettings):
    """Each field is read from the environment variable of its name, in upper case, after BOXOFFICE_."""

    model_config = SettingsConfigDict(env_prefix="BOXOFFICE_", frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("boxoffice"))
    documents_dir: Path = Field(default_factory=user_documents_path)
    vault: Literal["keyring", "file"] = "keyring"
    vault_passphrase: SecretStr = SecretStr("")
    printer: str = Field(default="", description="tcp:HOST:PORT, file:/dev/usb/lp0, lp:NAME, or empty for none")
    paper: Paper = Paper.LETTER
    hub_url: str = ""
