// Compiles Token.sol; writes the bytes that make the contract.
const fs = require("fs");
const path = require("path");
const solc = require("solc");

const source = fs.readFileSync(path.join(__dirname, "Token.sol"), "utf8");
const input = { language: "Solidity", sources: { "Token.sol": { content: source } }, settings: { evmVersion: "paris", outputSelection: { "*": { "*": ["evm.bytecode.object"] } } } };
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors ?? []).filter(one => one.severity === "error");
if (errors.length > 0) {
  console.error(errors.map(one => one.formattedMessage).join("\n"));
  process.exit(1);
}
console.log(output.contracts["Token.sol"].Token.evm.bytecode.object);
