from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "helpdesk.exchange"
    label = "exchange"

    def ready(self) -> None:
        from helpdesk.exchange import actions, chores, erasing, letters, notices, wording
        from helpdesk.outbox.notices import register_sampler
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers.sweeping import register_tidy

        notices.register_all()
        register_sampler(letters.sample_of_export, notices.FILE_READY, notices.FILE_FAILED)
        register_sampler(letters.sample_of_import, notices.IMPORT_ENDED)
        wording.register_words()
        register(Eraser(name="exchange", erase=erasing.erase))
        register_tidy("exchange.files", chores.tidy)
        register_tidy("exchange.drafts", actions.tidy)
