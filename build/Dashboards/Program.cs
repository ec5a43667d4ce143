using MMOrleans.Dashboards;

// From the root of a checkout: dotnet run --project build/Dashboards
foreach (var (path, text) in GeneratedFiles.Of("k8s"))
{
    File.WriteAllText(Path.Combine("k8s", path), text);
    Console.WriteLine($"k8s/{path}");
}
