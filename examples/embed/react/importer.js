// A button that opens the importer, for React. `server` and `publishableKey` are those of your Inlet.
const { createElement, useEffect, useRef, useState } = React;

const blueprint = {
  name: 'Contacts',
  slug: 'contacts',
  fields: [
    { key: 'name', type: 'string', label: 'Name' },
    { key: 'email', type: 'string', label: 'E-mail' },
  ],
};

export function Contacts({ publishableKey }) {
  const [contacts, setContacts] = useState([]);
  const open = useRef();
  // Who leaves the page closes the importer, too.
  useEffect(() => () => open.current?.close(), []);
  const start = async () => {
    const onSubmit = async ({ sheets: [sheet] }) => {
      const records = await sheet.valid();
      setContacts(records.map(({ id, values }) => ({ id, ...values })));
    };
    open.current = await Inlet.open({ publishableKey, blueprint, onSubmit });
  };
  const line = ({ id, name }) => createElement('li', { key: id }, name);
  return createElement('main', null, createElement('button', { onClick: start }, 'Import contacts'), createElement('ul', null, contacts.map(line)));
}
