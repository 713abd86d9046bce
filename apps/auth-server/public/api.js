// Names the controls of Swagger UI that have no name, or one that differs from their text.
const name = () => {
  document.querySelector('#servers')?.setAttribute('aria-label', 'Server');
  document.querySelector('.close-modal')?.setAttribute('aria-label', 'Close');
  for (const button of document.querySelectorAll('.modal-btn[aria-label]')) {
    button.removeAttribute('aria-label');
  }
};

new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
