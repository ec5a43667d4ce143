using Microsoft.Extensions.Hosting;
using MMOrleans.Learning.Training;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Storage;
using Orleans.Runtime;

namespace MMOrleans.Silo.Health;

/// <summary>Whether this silo can take work: joined, storage reachable, native library loaded, not stopping.</summary>
internal sealed class Readiness(
    SiloSettings settings,
    IHostApplicationLifetime lifetime,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    TimeProvider clock
) : IAsyncDisposable
{
    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(1);

    // Anybody may ask, as often as they like: that must not write a file each time.
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private readonly StorageProbe _storage = new(settings.RunsFolder, $"{settings.Name}-ready");
    private readonly RedisConnection? _redis = settings.Redis is { } redis ? new(redis) : null;
    private Recent<IReadOnlyList<(string Word, string Sentence)>>? _stores;

    /// <summary>What is missing: a word for the caller, who may be anybody, and a sentence for the log. Empty when it is ready.</summary>
    public async Task<IReadOnlyList<(string Word, string Sentence)>> MissingAsync()
    {
        List<(string, string)> missing = [];
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            missing.Add(("stopping", "it is stopping"));
        else if (!lifetime.ApplicationStarted.IsCancellationRequested || !IsMember())
            missing.Add(("joining", "it has not joined the cluster"));
        if (TorchLibrary.Probe() is { Loads: false } library)
            missing.Add(("library", $"the native tensor library does not load: {library.Reason}"));
        LazyInitializer.EnsureInitialized(ref _stores, () => new(Age, clock, MissingStoresAsync));
        missing.AddRange(await _stores.GetAsync());
        return missing;
    }

    private async Task<IReadOnlyList<(string Word, string Sentence)>> MissingStoresAsync()
    {
        List<(string, string)> missing = [];
        if (await _storage.FaultAsync() is { } storage)
            missing.Add(("storage", storage));
        if (_redis is not null && !await _redis.AnswersAsync(RedisPatience))
            missing.Add(("redis", "Redis does not answer"));
        return missing;
    }

    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool IsMember() =>
        membership.CurrentSnapshot.Members.TryGetValue(self.SiloAddress, out var member)
        && member.Status == SiloStatus.Active;
}
