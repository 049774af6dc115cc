"""What Celery's beat rings for, and how often: in seconds. The work itself is in the apps' tasks."""

from typing import Any

_MINUTE, _HOUR = 60.0, 3600.0
_DAY = 24 * _HOUR


def beat_schedule(*, message_sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """By Celery's own form. Every one of these may run twice, or late."""
    seconds = {
        "notifications.tasks.sweep_messages": message_sweep_seconds,
        "notifications.tasks.give_back_unsent_sms": _MINUTE,
        "notifications.tasks.forget_old_messages": _HOUR,
        "scheduling.tasks.sweep_login_codes": 10.0,
        "scheduling.tasks.release_expired_holds": 10.0,
        "scheduling.tasks.write_mailings": 20.0,
        "scheduling.tasks.plan_all_reminders": 20.0,
        "scheduling.tasks.close_lookups": _MINUTE,
        "scheduling.tasks.sweep_waiting_lists": _MINUTE,
        "scheduling.tasks.watch_sms": _MINUTE,
        "scheduling.tasks.forget_ended_logins": 10 * _MINUTE,
        "scheduling.tasks.forget_expired_details": _HOUR,
        "scheduling.tasks.keep_numbers": 6 * _HOUR,
        "scheduling.tasks.verify_free_weeks": _DAY,
        "scheduling.tasks.forget_old_audit": _DAY,
        "sync_api.tasks.tell_of_silent_agents": _MINUTE,
    }
    return {task: {"task": task, "schedule": every} for task, every in seconds.items()}
