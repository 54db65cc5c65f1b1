"""The account page: who I am, how Glacia looks, which keys do what."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "title": "Account",
    "lead": "Who you are here, how Glacia looks, and its keys.",
    "who": "You",
    "role_admin": "Admin",
    "id": "Your id",
    "copy_id": "Copy your id",
    "copied": "Copied",
    "loading": "Your account is being read",
    "failed": "Your account could not be read. Nothing is lost.",
    "try_again": "Try again",
    "guest_title": "You are a guest",
    "guest_text": "No email, no password. Your projects are stored on the machine that runs Glacia and belong to this "
    "browser only: once you sign out, or clear its cookies, nobody can reach them any more. A guest cannot become an "
    "account; download what you want to keep.",
    "member_text": "Your projects are stored on the machine that runs Glacia. Sign in with this email on any browser "
    "to go on.",
    "sign_out": "Sign out",
    "password": "Password",
    "password_text": "A new one signs out all your other browsers.",
    "password_change": "Change password",
    "everywhere": "Your sessions",
    "everywhere_text": "Somewhere you cannot reach any more? Sign out in every browser at once, this one too.",
    "everywhere_do": "Sign out everywhere",
    "everywhere_title": "Sign out everywhere?",
    "everywhere_ask": "Every browser and every script that is signed in as you is signed out within seconds, this browser "
    "too. Your projects stay, and what Claude is working on goes on.",
    "everywhere_yes": "Sign out everywhere",
    "left": "What is left",
    "left_month": "{remaining} of {limit} this month; {limit} new ones on {date}.",
    "left_window": "{remaining} of {limit} free now, in any {minutes} minutes.",
    "see_usage": "See usage and ledger",
    "appearance": "Appearance",
    "appearance_text": "Kept in this browser. “System” follows your computer.",
    "keys": "Keyboard",
    "keys_switch": "Single keys as commands",
    "keys_switch_text": "Off: the single keys below do nothing. Keys with Ctrl, Alt or Shift, Enter and Esc stay. Kept "
    "in this browser.",
    "keys_everywhere": "Everywhere",
    "keys_writing": "While you write",
    "keys_build": "On the build page",
    "key_send": "Send",
    "key_line": "New line",
    "key_stop": "Stop, or close what is open",
    "key_projects": "Open a project",
    "key_composer": "Go to the text field",
    "key_tabs": "Preview, Files, Changes, History",
    "key_versions": "Version before, version after",
    "key_changes": "In Changes: next one, one before",
    "key_slider": "On the version slider: one before, one after",
    "key_ends": "On the version slider: first, last",
    "single": "single key",
    "or": "or",
}
