from django.urls import path

from helpdesk.jobs.views import acts, background, watching

app_name = "jobs"

urlpatterns = [
    path("jobs/", watching.list_jobs, name="list"),
    path("jobs/<int:pk>/", watching.show_job, name="show"),
    path("jobs/<int:pk>/progress/", watching.progress, name="progress"),
    path("jobs/<int:pk>/download/", watching.download, name="download"),
    path("jobs/<int:pk>/cancel/", acts.cancel, name="cancel"),
    path("jobs/<int:pk>/pause/", acts.pause, name="pause"),
    path("jobs/<int:pk>/go-on/", acts.go_on, name="go_on"),
    path("jobs/<int:pk>/undo/", acts.undo, name="undo"),
    path("admin/background-work/", background.show_background, name="background"),
]
