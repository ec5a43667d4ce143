using MMOrleans.Reference;

// From the root of a checkout: dotnet run --project build/Reference
foreach (var (name, page) in ReferencePages.All)
{
    var path = Path.Combine("docs", "reference", name);
    File.WriteAllText(path, page());
    Console.WriteLine(path);
}
