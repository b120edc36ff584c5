// Gives every new space its workbook, its document and its theme.
import { configureSpace } from '@flatfile/plugin-space-configure';

const fields = [{ key: 'name', type: 'string', label: 'Name' }, { key: 'email', type: 'string', label: 'E-mail' }];

export default function (listener) {
  listener.use(
    configureSpace({
      workbooks: [
        { name: 'People', labels: ['primary'], sheets: [{ name: 'Contacts', slug: 'contacts', fields }] },
        { name: 'Places', sheets: [{ name: 'Cities', slug: 'cities', fields: [{ key: 'name', type: 'string', label: 'Name' }] }] },
      ],
      documents: [{ title: 'Read me', body: '# Welcome aboard' }],
      config: { maintainWorkbookOrder: true },
      space: { metadata: { theme: { root: { primaryColor: 'red' } } } },
    }),
  );
}
