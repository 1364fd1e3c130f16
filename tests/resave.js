// Reads a workbook with SheetJS and writes it again: node resave.js <node_modules> <from> <to>, for many pairs.
const [modules, ...pairs] = process.argv.slice(2);
const xlsx = require(modules + "/xlsx");
for (let i = 0; i < pairs.length; i += 2) {
  const book = xlsx.readFile(pairs[i], { cellStyles: true, cellNF: true, cellFormula: true });
  xlsx.writeFile(book, pairs[i + 1], { bookType: "xlsx" });
}
