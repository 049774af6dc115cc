"""Work that runs by the clock; doing any of it twice does it once."""

from celery import shared_task

from scheduling.agent_alarms import watch_agents
from sync_api.models import Sandbox


@shared_task(ignore_result=True)
def tell_of_silent_agents() -> None:
    """Tells clinics and the operator of agents that have fallen silent, and of those that are back.

    Not of a sandbox's: whoever writes it starts and stops it all day.
    """
    watch_agents(spared=list(Sandbox.objects.values_list("organisation_id", flat=True)))
