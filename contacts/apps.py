from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import checks, notices, wording

        assert checks  # noqa: S101 (imported for its registration)
        notices.register_all()
        wording.register_all()
