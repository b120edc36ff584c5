// run.mjs FILE: mounts the listener of a file, as the documentation of the driver does.
import { Client } from '@flatfile/listener';
import { PubSubDriver } from '@flatfile/listener-driver-pubsub';

const scope = process.env.FLATFILE_ENVIRONMENT_ID;
const { default: configure } = await import(`./${process.argv[2]}`);
const driver = new PubSubDriver(scope);
Client.create(configure).mount(driver);
await driver.start();
console.log(`Listening to ${scope}`);
