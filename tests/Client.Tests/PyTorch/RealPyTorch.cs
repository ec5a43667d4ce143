using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MMOrleans.Client.Tests.PyTorch;

/// <summary>PyTorch as Python has it, where this machine has it; Debian's package is python3-torch.</summary>
internal static class RealPyTorch
{
    private static readonly Lazy<string?> Python = new(() =>
        ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(python =>
            Start(python, "-c", "import torch, numpy").ExitCode == 0
        )
    );

    /// <summary>Skips the test where there is none.</summary>
    public static void Require() =>
        Assert.SkipWhen(
            Python.Value is null,
            "neither python3 on PATH nor /usr/bin/python3 has torch and numpy (Debian: apt-get install python3-torch)"
        );

    /// <summary>Runs the script with these arguments.</summary>
    public static void Run(params string[] arguments)
    {
        var (code, error) = Start(
            Python.Value!,
            [Path.Combine(AppContext.BaseDirectory, "PyTorch", "resnet.py"), .. arguments]
        );
        Assert.True(code == 0, error);
    }

    /// <summary>Logits of images by PyTorch, of each model.</summary>
    /// <param name="images">Planes of red, green and blue each.</param>
    /// <param name="models">.pt or .safetensors files, each with its card beside it.</param>
    public static IReadOnlyList<float[]> Logits(IEnumerable<byte[]> images, params string[] models)
    {
        using var folder = new TemporaryFolder();
        var input = Path.Combine(folder.Path, "images");
        using (var file = File.Create(input))
            foreach (var image in images)
                file.Write(image);
        Run(["logits", input, .. models]);
        return
        [
            .. models.Select(model =>
                MemoryMarshal.Cast<byte, float>(File.ReadAllBytes($"{model}.logits")).ToArray()
            ),
        ];
    }

    private static (int ExitCode, string Error) Start(string python, params string[] arguments)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (127, e.Message);
        }
    }
}
