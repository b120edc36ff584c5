// A component that shows the importer within itself, for Vue. `publishableKey` is that of your Inlet.
const blueprint = {
  name: 'Contacts',
  slug: 'contacts',
  fields: [
    { key: 'name', type: 'string', label: 'Name' },
    { key: 'email', type: 'string', label: 'E-mail' },
  ],
};

export const Contacts = {
  props: { publishableKey: { type: String, required: true } },
  data: () => ({ contacts: [] }),
  async mounted() {
    const onSubmit = async ({ sheets: [sheet] }) => {
      this.contacts = (await sheet.valid()).map(({ id, values }) => ({ id, ...values }));
    };
    const { publishableKey } = this;
    this.importer = await Inlet.open({ publishableKey, blueprint, onSubmit, mode: 'inline', mount: this.$refs.place });
  },
  unmounted() {
    this.importer?.close();
  },
  template: `
    <main>
      <div ref="place" style="height: 600px"></div>
      <ul><li v-for="contact in contacts" :key="contact.id">{{ contact.name }}</li></ul>
    </main>`,
};
