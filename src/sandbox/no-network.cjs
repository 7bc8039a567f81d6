/**
 * Preloaded into a restricted process: makes every way of Node's to reach the network throw. A seat
 * belt for programs that ship with the lab; hostile code would find its way around it.
 */
const { syncBuiltinESMExports } = require("node:module");

const refuse = () => {
  throw new Error("a restricted process has no network");
};

const net = require("node:net");
net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;

const dgram = require("node:dgram");
for (const method of ["bind", "connect", "send"]) dgram.Socket.prototype[method] = refuse;

for (const dns of [require("node:dns"), require("node:dns/promises")]) {
  for (const [name, value] of Object.entries(dns)) {
    if (typeof value === "function" && /^(lookup|resolve|reverse)/.test(name)) dns[name] = refuse;
  }
  for (const method of Object.getOwnPropertyNames(dns.Resolver.prototype)) {
    if (/^(resolve|reverse)/.test(method)) dns.Resolver.prototype[method] = refuse;
  }
}

process.binding = refuse;
syncBuiltinESMExports();
