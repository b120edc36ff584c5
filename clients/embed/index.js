let loading;

/** Loads `embed.js` from your server once; gives `Inlet`. */
export function load(server) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL('/embed.js', server).href;
    script.onload = () => resolve(window.Inlet);
    script.onerror = () => reject(new Error(`there is no ${script.src}`));
    document.head.append(script);
  });
  return loading;
}
