// Makes pages better; every page works without it.
const selection = document.getElementById('selection');
const count = document.getElementById('nombre');
if (selection && count) {
  const boxes = [...selection.querySelectorAll('input[name="compte"]')];
  const all = document.getElementById('toute-la-page');
  const scopes = [...selection.querySelectorAll('input[name="portee"]')];
  const tell = () => {
    const here = boxes.filter((box) => box.checked).length;
    const chosen = here + Number(count.dataset.ailleurs);
    count.textContent = chosen === 0 ? 'aucun' : chosen.toLocaleString('fr-FR');
    all.checked = here > 0 && here === boxes.length;
    all.indeterminate = here > 0 && here < boxes.length;
  };
  const ticked = () => {
    scopes[0].checked = true;
    tell();
  };
  if (boxes.length > 0) {
    all.closest('[hidden]').hidden = false;
    document.getElementById('cocher-page').closest('li').hidden = true;
  }
  all.addEventListener('change', () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    ticked();
  });
  boxes.forEach((box) => box.addEventListener('change', ticked));
  tell();
}

// progress of a batch or an import, without loading the whole page again
const progress = document.querySelector('[data-suite]');
if (progress) {
  const { id } = progress;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(id);
      if (answer.ok && fresh) {
        document.getElementById(id).replaceWith(fresh);
        if (!fresh.hasAttribute('data-suite')) return;
      }
    } catch { /* the next look may succeed */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 1500);
}

// a form is sent once, however often its button is pressed; a list to download leaves the page, and may be asked for again
const PATIENCE = 10000; // by then the answer is there, or the person stopped waiting for it
document.querySelectorAll('form[method="post"]').forEach((form) => {
  form.addEventListener('submit', (event) => {
    if (event.submitter?.name === 'format') return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    setTimeout(() => delete form.dataset.sent, PATIENCE);
  });
});
window.addEventListener('pageshow', () => document.querySelectorAll('form').forEach((form) => delete form.dataset.sent));
