// Prints the name of every space that is made.
import { FlatfileClient } from '@flatfile/api';

const api = new FlatfileClient();

export default function (listener) {
  listener.on('space:created', async ({ context }) => {
    const { data: space } = await api.spaces.get(context.spaceId);
    console.log(`heard of ${space.name}.`);
  });
}
