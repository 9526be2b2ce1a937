"""Settings of the till, from the environment. Nothing secret but the passphrase of the vault's file."""

import os
from pathlib import Path
from typing import Final, Literal, Self

from platformdirs import user_data_path, user_documents_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.documents.model import Paper

PREFIX: Final = "BOXOFFICE_"


class Settings(BaseModel):
    """Each field is read from the environment variable of its name, in upper case, after BOXOFFICE_.

    Not by pydantic-settings, as the hub's are: its import takes a tenth of the time that a till has to start.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("boxoffice"))
    documents_dir: Path = Field(default_factory=user_documents_path)
    vault: Literal["keyring", "file"] = "keyring"
    vault_passphrase: SecretStr = SecretStr("")
    printer: str = Field(
        default="",
        description="until one is chosen on the screen: tcp:HOST:PORT, file:/dev/usb/lp0, lp:NAME, or empty",
    )
    customer_display: Literal["off", "screen", "window"] = "off"
    paper: Paper = Paper.LETTER
    hub_url: str = ""
    backup_dir: Path | None = Field(default=None, description="where backups lie, best on another disk")
    backup_minutes: int = Field(default=10, ge=1, le=1440)
    backups_kept: int = Field(default=6, ge=1, le=1000)

    @classmethod
    def from_environment(cls) -> Self:
        """Returns the settings of this process.

        Raises:
            BadInput: naming every variable that can't be used.
        """
        given = {
            name: os.environ[PREFIX + name.upper()] for name in cls.model_fields if PREFIX + name.upper() in os.environ
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise BadInput([FieldError(f"{PREFIX}{e['loc'][0]}".upper(), e["msg"]) for e in error.errors()]) from error
