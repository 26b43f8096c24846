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

// progress of a batch or an import, without loading the whole page again; looked at less and less often while nothing moves,
// and not at all while nobody sees it. What can be done about it changes at the end: not under the hands of who is about to
const progress = document.querySelector('[data-suite]');
if (progress) {
  const { id } = progress;
  const [first, last] = [1500, 30000];
  let pause = first;
  const replace = (page, part) => {
    const [here, fresh] = [document.getElementById(part), page.getElementById(part)];
    if (!here || !fresh || here.isEqualNode(fresh)) return false;
    here.replaceWith(fresh);
    return true;
  };
  const look = async () => {
    pause = Math.min(1.5 * pause, last);
    try {
      const answer = document.hidden ? null : await fetch(location.href, { headers: { Accept: 'text/html' } });
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
      if (page?.getElementById(id)) {
        if (replace(page, id)) pause = first;
        if (!document.getElementById(id).hasAttribute('data-suite')) {
          replace(page, `${id}-gestes`);
          return;
        }
      }
    } catch { /* the next look may succeed */ }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}

// how hard the password that is being chosen is to guess
const strength = document.getElementById('nouveau-force');
if (strength) {
  // not awaited: where a module may not wait (before Safari 15), all of this one would be an error
  import('./strength.js').then(({ tell }) => tell(document.getElementById('nouveau'), strength));
}

// a form is sent once, however often its button is pressed; a list to download leaves the page, and may be asked for again
const PATIENCE = 10000; // by then the answer is there, or the person stopped waiting for it
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.submitter?.name === 'format') return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, PATIENCE);
});
window.addEventListener('pageshow', () => document.querySelectorAll('form').forEach((form) => delete form.dataset.sent));

// what an ENT's page sent here is sent on at once; without a script the person does it
const onward = document.querySelector('form[data-aussitot]');
if (onward) onward.requestSubmit();
