using Microsoft.Extensions.Options;

namespace MMOrleans.Grains.Devices;

/// <summary>Which devices a silo offers. Section <c>Devices</c>, checked at start.</summary>
internal sealed class DeviceOptions
{
    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>. Default <c>auto</c>: CUDA where there is any.</summary>
    public string Kind { get; set; } = "auto";

    /// <summary>Trainers; null (default) for one a core on CPU, one a device on CUDA.</summary>
    public int? Trainers { get; set; }
}

internal sealed class DeviceOptionsValidator : IValidateOptions<DeviceOptions>
{
    public ValidateOptionsResult Validate(string? name, DeviceOptions options)
    {
        List<string> faults = [];
        if (options.Kind is not ("auto" or "cpu" or "cuda"))
            faults.Add($"Devices:Kind is '{options.Kind}'; a device is auto, cpu or cuda.");
        if (options.Trainers is < 0 or > 256)
            faults.Add(
                $"Devices:Trainers is {options.Trainers}; give 0 to 256, or leave it out for one a core."
            );
        return faults is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
