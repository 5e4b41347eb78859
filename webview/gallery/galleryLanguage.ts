/** Puts what a test left on the window into the page, where the panel's host would have put its translations. */
const { translations } = window;
if (translations !== undefined) {
  const data = document.createElement('script');
  data.type = 'application/json';
  data.id = 'translations';
  data.textContent = JSON.stringify(translations);
  document.head.append(data);
}
