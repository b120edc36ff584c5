// One listener for two products: each hears of its own spaces only.
import { jobHandler } from '@flatfile/plugin-job-handler';

const answers = (words) => jobHandler('workbook:greet', () => ({ outcome: { heading: 'Greeted', acknowledge: true, message: words } }));

export default function (listener) {
  listener.namespace(['space:blue'], answers('Blue says hello'));
  listener.namespace(['space:red'], answers('Red says hello'));
}
