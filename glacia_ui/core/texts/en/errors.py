"""What went wrong, by error code: what happened, what it means, what to do. Shown in pages and sent by the API.

Parameters: {limit}, {wait} ("6:12"), {window} ("15 minutes"), {month}, {reset_day}, {field}, {allow}.
"""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # our side
    "internal": "Something went wrong on our side, and nothing was changed. Try again; if it happens again, tell us the "
    "request id.",
    "unavailable": "Glacia cannot reach its database right now. Nothing is lost. Try again in a few seconds.",
    "upstream_failed": "Claude could not be reached. Nothing was charged. Try again in a moment.",
    "lease_lost": "This request was ended elsewhere. Reload the page to see how it ended.",
    # who are you
    "unauthenticated": "You are not signed in, or your session has ended. Sign in and try again.",
    "suspended": "This account is suspended. Ask whoever runs this Glacia.",
    "wrong_password": "This email and password do not belong together. Check both and try again.",
    "email_taken": "There is an account with this email already. Sign in instead.",
    "email_invalid": "This is not an email address. Write it like name@example.com.",
    "password_too_short": "This password is too short. Use {limit} characters or more.",
    "password_too_long": "This password is too long. Use {limit} characters or fewer.",
    "password_weak": "This password is too easy to guess. Choose a longer or a less common one.",
    "password_same": "This is your password already. Choose another one.",
    "link_expired": "This link has been used, or it is too old. Ask for a new one.",
    "mail_limited": "Too many mails have been sent from here for the moment. Ask again in {wait}.",
    "mail_paused": "A mail was sent a moment ago. Ask for the next one in {wait}.",
    "sign_up_off": "New accounts are switched off here. Ask whoever runs this Glacia.",
    "sign_in_unavailable": "Signing in does not work right now. Nothing is lost. Try again in a few seconds.",
    "sign_in_failed": "Signing in did not work, and it was not your fault. Nothing was changed. Try again in a moment.",
    "guests_off": "Guests are switched off here. Create an account to go on.",
    "not_offered": "This Glacia does not offer that way in. Choose another one on the sign-in page.",
    "email_unconfirmed": "This email is not confirmed yet. Open the link in the mail that we sent, then sign in.",
    "guest_password": "A guest has no password. Create an account to have one.",
    "oauth_refused": "You were not signed in, because the other site did not get your consent. Try again, or sign in with "
    "your email.",
    "oauth_failed": "Signing in through the other site did not work. Nothing was changed. Try again, or sign in with your "
    "email.",
    "account_not_found": "There is no account with this email.",
    "forbidden": "You are not allowed to do this. Ask an admin.",
    "metrics_closed": "These numbers are for the operator. Send the token of GLACIA_METRICS_TOKEN, or set one.",
    "wrong_host": "This Glacia is for this machine only, and was called by another name. Open it at 127.0.0.1, or set "
    "GLACIA_PUBLIC_URL.",
    "wrong_origin": "This call came from another website, so it was refused. Open Glacia itself and try again.",
    # not there
    "not_found": "There is nothing at this address. Check it, or go back to the start page.",
    "project_not_found": "There is no such project. It may have been deleted. Go back to your projects.",
    "generation_not_found": "There is no such request. Reload the page.",
    "snapshot_not_found": "This project has no such version. Pick one from its history.",
    "file_not_found": "There is no such file in this version. Pick one from the list of files.",
    "template_not_found": "There is no such template. Pick one from the list.",
    "preview_not_found": "There is no such preview. Open it from its project again.",
    "preview_expired": "This preview link has expired. Open the preview from its project again.",
    "method_not_allowed": "This address cannot be used that way. It takes {allow}.",
    # not now
    "conflict": "This cannot be done right now, because something changed. Reload and try again.",
    "generation_running": "Claude is still working on this project. Wait until it is done, or stop it.",
    "already_started": "This request has left the line, so it cannot be changed any more. Send a new one.",
    "stale_snapshot": "A newer version was made in the meantime. Reload and try again.",
    "draft_not_found": "Nothing is left of this request. Send it again.",
    "stale_draft": "A newer version was made in the meantime, so this part no longer fits. Send the request again.",
    "draft_kept": "This part was kept already. You can go back to the version before it.",
    "file_locked": "{path} is locked, so nothing was changed. Unlock it under Files, then try again.",
    "nothing_to_restore": "Nothing would change: the files already are as in version {version}.",
    "fix_loop": "The same error is still there after a fix. Another try is unlikely to help: go back to a version that "
    "works, or describe it differently.",
    "nothing_to_fix": "No error of this version is known. Describe what is wrong instead.",
    "idempotency_conflict": "This key was already used for another request. Use a new key.",
    # limits
    "rate_limited": "Next free slot in {wait}. You used {limit} of {limit} in the last {window}. This is Glacia’s limit, "
    "not Claude’s.",
    "rate_limited_api": "{limit} calls in {window} are used up. This is Glacia’s limit. Go on in {wait}.",
    "rate_limited_quote": "Enough estimates were asked for: {limit} in {window}. This is Glacia’s limit. Go on in {wait}; "
    "sending works all the same.",
    "rate_limited_sign_in_account": "Too many tries for this email. Try again in {wait}.",
    "rate_limited_sign_in_address": "Too many tries from where you are. Try again in {wait}.",
    "rate_limited_sign_up_address": "Too many new accounts from where you are. Try again in {wait}.",
    "rate_limited_mail_account": "Enough mails were sent to this email for now. Ask again in {wait}.",
    "rate_limited_mail_address": "Too many mails were asked for from where you are. Try again in {wait}.",
    "quota_exhausted": "Your {limit} for {month} are used. {limit} new ones on {reset_day}.",
    "too_large": "This is too large to take in. Send less at a time.",
    # what was sent
    "invalid": "Glacia could not understand this. Check what you sent and try again.",
    "body_not_json": "The body is not valid JSON. Check it and send it again.",
    "body_not_object": "The body must be a JSON object, sent with Content-Type: application/json.",
    "field_missing": "“{field}” is missing. Add it and try again.",
    "field_wrong": "“{field}” has the wrong form. Correct it and try again.",
    "field_too_short": "“{field}” is too short. Correct it and try again.",
    "field_too_long": "“{field}” is too long: {limit} characters at most.",
    "field_out_of_range": "“{field}” is out of range. Correct it and try again.",
    "field_unknown": "There is a field that does not belong here. Remove it and try again.",
    "text_unreadable": "“{field}” holds a character that cannot be stored. Remove it and try again.",
    "invalid_prompt": "A request has 1 to {limit:,} characters. Change it and send it again.",
    "invalid_name": "A name has 1 to {limit} characters. Change it and try again.",
    "unknown_model": "There is no such model here. Choose one of: {models}.",
    "invalid_health": "This report is not understood. It has at most 20 errors with texts of at most 500 characters.",
    "invalid_path": "This path cannot be used. Use letters, digits, dashes and slashes, without .. in it.",
    "path_collision": "Two files would have the same name on some systems. Choose another name and try again.",
    "invalid_idempotency_key": "A key has 1 to 200 characters. Use a shorter one.",
    "file_too_large": "This file is too large to keep. Make it smaller and try again.",
    "project_too_large": "This project would get too large. Remove something and try again.",
    "too_many_files": "This project would get too many files. Remove some and try again.",
    "attachment_not_found": "There is no such attachment. Attach the file again.",
    "attachment_gone": "A file that you attached is not here any more. Attach it again and send.",
    "attachment_kind": "Only pictures (PNG, JPEG, WebP, GIF) and text files can be attached.",
    "attachment_empty": "This file is empty. Choose another one.",
    "attachment_too_large": "This file is too large to attach. It can have {limit} MB at most.",
    "picture_unreadable": "This file could not be read as a picture. Save it as PNG or JPEG and attach it again.",
    "picture_too_many_pixels": "This picture has too many pixels: {limit} million at most. Make it smaller and attach it "
    "again.",
    "text_too_long": "This text is too long to attach: {limit:,} characters at most.",
    "too_many_attachments": "A request can have {limit} attachments at most. Remove some and send it again.",
    "too_many_unused": "Too many files wait to be sent. Send or remove some, then attach more.",
    "attachments_full": "The place for attachments is full. Delete a project that you do not need any more.",
    "user_not_found": "There is no such user.",
    "invalid_group": "Usage can be grouped by one of: {groups}.",
    "invalid_range": "The first moment must lie before the last one. Correct them and try again.",
}
