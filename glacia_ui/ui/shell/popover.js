// A button that shows and hides a panel: Esc or a press elsewhere closes it, and the focus returns to the button.
let count = 0;

export function disclosure(button, panel, { onOpen = () => {} } = {}) {
  panel.id ||= `gl-panel-${(count += 1)}`;
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-controls', panel.id);

  const outside = (event) => { if (!panel.contains(event.target) && !button.contains(event.target)) close(); };
  const keys = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
    button.focus();
  };
  const left = (event) => { if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== button) close(); };

  function close() {
    panel.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('keydown', keys, true);
  }

  function open() {
    panel.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('keydown', keys, true);
    onOpen();
  }

  panel.addEventListener('focusout', left);
  button.addEventListener('click', () => (panel.hidden ? open() : close()));
  return { open, close };
}
