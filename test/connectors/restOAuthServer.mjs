/** json-server behind the access tokens of oidc-provider, in a process of its own; restOAuthServer.ts starts it and asks it over IPC. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

import { Provider } from 'oidc-provider';

const jsonServer = createRequire(import.meta.url)('json-server');
const { client, orders } = JSON.parse(process.env.OAUTH_SERVER ?? '{}');

const http = createServer();
await new Promise((listening) => http.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${http.address().port}`;
const provider = new Provider(`${url}/oauth`, {
	clients: [
		{
			client_id: client.id,
			client_secret: client.secret,
			grant_types: ['client_credentials'],
			redirect_uris: [],
			response_types: [],
			scope: 'orders',
		},
	],
	scopes: ['orders'],
	features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
	ttl: { ClientCredentials: 3_600 },
});
const issued = [];
provider.on('client_credentials.saved', (token) => issued.push(token));

const app = jsonServer.create();
let refused = 0;
let lists = 0;
app.use('/oauth', provider.callback());
app.use(async (request, response, next) => {
	const [, value = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
	const token = value === '' ? undefined : await provider.ClientCredentials.find(value);
	if (token?.clientId !== client.id) {
		refused += 1;
		response.status(401).jsonp({ fault: { text: 'who are you?' } });
		return;
	}
	lists += 1;
	next();
});
app.use(jsonServer.router({ orders, articles: [] }));
http.on('request', app);

process.on('message', async ({ end, add }) => {
	// As if their time were over.
	if (end) await Promise.all(issued.map(async (token) => await token.destroy()));
	if (add) orders.push(add);
	process.send({ issued: issued.length, refused, lists });
});
process.on('disconnect', () => process.exit());
process.send({ url });
