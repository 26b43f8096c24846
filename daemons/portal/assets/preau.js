// Makes pages better; every page works without it.
const selection = document.getElementById('selection');
if (selection) {
  const boxes = [...selection.querySelectorAll('input[name="compte"]')];
  const all = document.getElementById('toute-la-page');
  const count = document.getElementById('nombre');
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen === 0 ? '' : chosen === 1 ? '1 compte sélectionné' : `${chosen} comptes sélectionnés`;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.addEventListener('change', () => { boxes.forEach((box) => { box.checked = all.checked; }); tell(); });
  boxes.forEach((box) => box.addEventListener('change', tell));
  tell();
}
