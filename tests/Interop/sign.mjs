// Signs a delivery with the library of Standard Webhooks: secret, id, timestamp, body.
import { Webhook } from "standardwebhooks";

const [secret, id, timestamp, body] = process.argv.slice(2);
console.log(new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body));
