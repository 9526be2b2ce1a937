"""What every vault owes the till, whatever it is made of."""

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring

from boxoffice.demo.tills import MemoryVault
from boxoffice.till.devices.vault import FileVault, KeyringVault, derived_key
from boxoffice.till.usecases.ports import Vault, VaultFailed


class VaultContract:
    def test_what_was_never_put_in_is_not_there(self, vault: Vault) -> None:
        assert vault.get("token") is None

    def test_what_was_put_in_comes_out(self, vault: Vault) -> None:
        vault.put("token", "geheim é")

        assert vault.get("token") == "geheim é"

    def test_the_newest_counts_and_others_stay(self, vault: Vault) -> None:
        vault.put("token", "old")
        vault.put("key", "kept")
        vault.put("token", "new")

        assert (vault.get("token"), vault.get("key")) == ("new", "kept")


class TestMemoryVault(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return MemoryVault()


class TestFileVault(VaultContract):
    @pytest.fixture
    def vault(self, tmp_path: Path) -> Vault:
        return FileVault(tmp_path / "secrets.vault", "correct horse")

    def test_another_process_with_the_passphrase_reads_it(self, tmp_path: Path) -> None:
        FileVault(tmp_path / "secrets.vault", "correct horse").put("token", "geheim")

        assert FileVault(tmp_path / "secrets.vault", "correct horse").get("token") == "geheim"

    def test_a_key_that_a_start_began_to_derive_is_derived_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        FileVault(tmp_path / "secrets.vault", "correct horse").put("token", "geheim")
        derived: list[bytes] = []

        def counting(salt: bytes, passphrase: str) -> bytes:
            derived.append(salt)
            return derived_key(salt, passphrase)

        monkeypatch.setattr("boxoffice.till.devices.vault.derived_key", counting)
        again = FileVault(tmp_path / "secrets.vault", "correct horse")
        again.begin()

        assert again.get("token") == "geheim"
        assert len(derived) == 1

    def test_the_file_holds_no_secret_in_the_open_and_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        FileVault(tmp_path / "secrets.vault", "correct horse").put("token", "geheim")

        assert b"geheim" not in (tmp_path / "secrets.vault").read_bytes()
        assert (tmp_path / "secrets.vault").stat().st_mode & 0o077 == 0

    def test_another_passphrase_is_refused_and_nothing_changes(self, tmp_path: Path) -> None:
        FileVault(tmp_path / "secrets.vault", "correct horse").put("token", "geheim")

        with pytest.raises(VaultFailed, match="does not open"):
            FileVault(tmp_path / "secrets.vault", "wrong").put("token", "other")

        assert FileVault(tmp_path / "secrets.vault", "correct horse").get("token") == "geheim"

    def test_no_passphrase_is_no_vault(self, tmp_path: Path) -> None:
        with pytest.raises(VaultFailed, match="passphrase"):
            FileVault(tmp_path / "secrets.vault", "")


class _InMemory(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password


class TestKeyringVault(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        keyring.set_keyring(_InMemory())
        return KeyringVault("boxoffice test")

    def test_two_tills_of_one_computer_keep_apart(self, vault: Vault) -> None:
        vault.put("token", "mine")

        assert KeyringVault("boxoffice other").get("token") is None

    def test_a_computer_without_a_keyring_is_told_what_to_do(self) -> None:
        keyring.set_keyring(FailKeyring())  # type: ignore[no-untyped-call]  # the library's

        with pytest.raises(VaultFailed, match="no keyring") as failed:
            KeyringVault("boxoffice test").put("token", "geheim")

        assert "BOXOFFICE_VAULT=file" in failed.value.what_to_do
        assert "geheim" not in str(failed.value)
